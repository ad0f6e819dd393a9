"""Answers bench/faiss.ts: one JSON line on stdout for every line `threads use_heap` on stdin.

Arguments: codes file (n x 64 bytes), queries file (m x 64 bytes), k. The first line out tells version and build.
"""
import json
import sys
import time

import faiss
import numpy


def main(codes_file, queries_file, k):
    codes = numpy.fromfile(codes_file, dtype=numpy.uint8).reshape(-1, 64)
    queries = numpy.fromfile(queries_file, dtype=numpy.uint8).reshape(-1, 64)
    index = faiss.IndexBinaryFlat(512)
    index.add(codes)
    del codes
    print(json.dumps({"version": faiss.__version__, "build": faiss.get_compile_options().strip()}), flush=True)
    for line in sys.stdin:
        threads, heap = line.split()
        faiss.omp_set_num_threads(int(threads))
        index.use_heap = heap == "1"
        milliseconds, farthest = [], []
        for query in queries:
            start = time.perf_counter()
            distances, _ = index.search(query[None], k)
            milliseconds.append((time.perf_counter() - start) * 1000)
            farthest.append(distances[0].tolist())
        print(json.dumps({"ms": milliseconds, "distances": farthest[:3]}), flush=True)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
