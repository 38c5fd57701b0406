#include <stdio.h>
int main(void)
{
    puts("covtriage");
    return 0;
}
