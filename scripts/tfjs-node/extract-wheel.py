"""Takes from a TensorFlow wheel the libraries and headers that tfjs-node's addon builds against.

usage: extract-wheel.py WHEEL FOLDER    (FOLDER gets lib/ and include/)
"""

import os
import shutil
import sys
import zipfile

LIBRARIES = {
    "tensorflow/libtensorflow_cc.so.2": "libtensorflow.so",
    "tensorflow/libtensorflow_framework.so.2": "libtensorflow_framework.so",
}
INCLUDE = "tensorflow/include/"
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/", "xla/c/")
NOTICES = ("LICENSE", "tensorflow/THIRD_PARTY_NOTICES.txt")


def place(archive, member, target):
    """Writes one member, in pieces: the largest is 565 MB. Reading checks its CRC."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with archive.open(member) as source, open(target, "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)


def main(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for member, link in LIBRARIES.items():
            name = os.path.basename(member)
            place(archive, member, os.path.join(folder, "lib", name))
            os.symlink(name, os.path.join(folder, "lib", link))
        for member in names:
            if member.startswith(tuple(INCLUDE + part for part in HEADERS)) and not member.endswith("/"):
                place(archive, member, os.path.join(folder, "include", member[len(INCLUDE):]))
            elif member.endswith(NOTICES) and member.count("/") == 1:
                place(archive, member, os.path.join(folder, os.path.basename(member)))


main(*sys.argv[1:])
