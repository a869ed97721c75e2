/* ok_hello.c - a correct program draws no warning. */
#include <weft/generator.h>

struct squares {
    WEFT_FRAME;
    int limit, i, value;
};

static WEFT_ASYNC(squares, self)
{
    for (self->i = 1; self->i <= self->limit; self->i++) {
        WEFT_YIELD(self->value = self->i * self->i);
    }
}
WEFT_END

int main(void)
{
    int sum = 0;
    struct squares each;
    weft_init(&each, squares, .limit = 3);
    while (weft_next(&each)) {
        sum += each.value;
    }
    return sum == 14 ? 0 : 1;
}
