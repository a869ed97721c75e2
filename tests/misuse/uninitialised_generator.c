/* uninitialised_generator.c - a generator is driven without weft_init(). */
/* stops: weft_init\(\) the generator before it is driven */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int value;
};

int main(void)
{
    static struct numbers forgotten;
    return weft_next(&forgotten) ? 0 : 1;
}
