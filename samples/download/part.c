/* part.c - FILE.part: where the bytes go until all are there. */
/* SPDX-License-Identifier: MIT */
/*
 * An interrupted run leaves FILE.part behind, the next one goes on at its end. Only a file that is
 * complete gets its name, by rename(), so FILE is there as a whole or not at all.
 */
#include "download.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *cure_of(int error)
{
    static const struct {
        int error;
        const char *cure;
    } cures[] = {
        {ENOSPC, "free some room there, then run it again: it goes on where it stopped"},
        {EDQUOT, "free some room there, then run it again: it goes on where it stopped"},
        {EACCES, "make the folder writable, or choose another with -o"},
        {EPERM, "make the folder writable, or choose another with -o"},
        {EROFS, "choose a folder on another disk with -o"},
        {EISDIR, "a folder has this name: rename it, or choose another with -o"},
        {ENOTDIR, "this is no folder: choose another with -o"},
        {ENOENT, "make the folder around it first, or choose another with -o"},
        {EWOULDBLOCK, "another download writes it: wait for that one to end"},
        {EFBIG, "the disk takes no file that large: choose another with -o"},
        {EMFILE, "allow fewer at once with -j, or more files with `ulimit -n`"},
    };
    for (size_t i = 0; i < sizeof cures / sizeof cures[0]; i++) {
        if (cures[i].error == error) {
            return cures[i].cure;
        }
    }
    return "look after the disk, then run it again";
}

void part_explain(struct transfer *transfer, int error)
{
    (void)snprintf(transfer->text, sizeof transfer->text, "cannot write %.100s: %s: %s",
                   transfer->name, strerror(error), cure_of(error));
}

static int failed(struct transfer *transfer)
{
    const int error = errno;
    part_explain(transfer, error);
    return -error;
}

bool folder_open(struct job *job)
{
    if (mkdir(job->folder, 0777) == 0 || errno == EEXIST) {
        job->folder_fd = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (job->folder_fd >= 0 && faccessat(job->folder_fd, ".", W_OK | X_OK, 0) == 0) {
            return true;
        }
    }
    fprintf(stderr, "download: cannot write into %s: %s: %s\n", job->folder, strerror(errno),
            cure_of(errno));
    return false;
}

int part_look(const struct job *job, struct transfer *transfer)
{
    struct stat is;
    if (fstatat(job->folder_fd, transfer->name, &is, 0) < 0) {
        return 0;
    }
    if (S_ISDIR(is.st_mode)) {
        part_explain(transfer, EISDIR);
        return -EISDIR;
    }
    return 1;
}

int part_open(const struct job *job, struct transfer *transfer)
{
    struct stat is;
    transfer->error = 0;
    if (transfer->fd < 0) {
        const int fd = openat(job->folder_fd, transfer->part_name,
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
            const int status = failed(transfer);
            close(fd);
            return status;
        }
        transfer->fd = fd;
    }
    if (fstat(transfer->fd, &is) < 0) {
        return failed(transfer);
    }
    transfer->kept = transfer->size = is.st_size;
    transfer->last_change = is.st_mtime;
    return 0;
}

bool part_write(struct transfer *transfer, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(transfer->fd, data, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            transfer->error = errno;
            return false;
        }
        data += written;
        length -= (size_t)written;
        transfer->size += written;
        transfer->received += written;
    }
    return true;
}

int part_restart(struct transfer *transfer)
{
    transfer->kept = transfer->size = 0;
    return ftruncate(transfer->fd, 0) < 0 ? failed(transfer) : 0;
}

int part_finish(const struct job *job, struct transfer *transfer)
{
    const int fd = transfer->fd;
    transfer->fd = -1;
    if (close(fd) < 0 ||
        renameat(job->folder_fd, transfer->part_name, job->folder_fd, transfer->name) < 0) {
        return failed(transfer);
    }
    return 0;
}

void part_close(const struct job *job, struct transfer *transfer)
{
    if (transfer->fd >= 0) {
        if (transfer->size == 0) {
            (void)unlinkat(job->folder_fd, transfer->part_name, 0);
        }
        close(transfer->fd);
        transfer->fd = -1;
    }
}
