/* lost_local.c - a local that lives across an await. */
/* warning(gcc): 'sum' may be used uninitialized */
/* warning(clang): variable 'sum' (is|may be) uninitialized */
#include <weft/generator.h>

struct numbers {
    WEFT_FRAME;
    int value;
};

WEFT_ASYNC(numbers, self)
{
    int sum = 1;
    WEFT_YIELD(self->value = 1);
    self->value = sum;
}
WEFT_END
