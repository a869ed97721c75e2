/* weft.c - samples/serve, which is built beside this, with the two files to serve. */
/* SPDX-License-Identifier: MIT */
#include "../any_port.h"

#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_file(const char *name, const char *bytes, size_t size)
{
    FILE *const file = fopen(name, "w");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(name);
        exit(1);
    }
}

int main(int count, char **words)
{
    static const char *const cases[] = {"http", NULL};
    static char path[PATH_MAX], file[16384];
    (void)case_of(count, words, cases);
    if (readlink("/proc/self/exe", path, sizeof path - 1) < 0 || chdir(dirname(path)) < 0) {
        perror("the place of this program");
        return 1;
    }
    memset(file, 'x', sizeof file);
    mkdir("http-files", 0755);
    make_file("http-files/hello.txt", "Hello, world\n", 13);
    make_file("http-files/file.bin", file, sizeof file);
    execl("weft-gcc/samples/serve", "serve", "--port", "0", "http-files", (char *)NULL);
    perror("samples/serve");
    return 1;
}
