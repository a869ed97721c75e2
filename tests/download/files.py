# SPDX-License-Identifier: MIT
"""Makes files of 1 KiB to 8 MiB: `files.py FOLDER COUNT`. Two of them are small and short-named."""
import os
import random
import sys

folder, count = sys.argv[1], int(sys.argv[2])
source = random.Random(1)
for i in range(count):
    name = ['small', 'small2'][i] if i < 2 else 'file-%03d.bin' % i
    size = round(1024 * 8192 ** (i / (count - 1)))
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(source.randbytes(size))
