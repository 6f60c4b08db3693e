# All targets run in the environment that is active; `.ci/run` makes one and runs `check` in it.
# KLANGKHAO_CORPUS names a folder or zip of releases for the benches; without it they take the sample releases.
.PHONY: run test test-all check bench bench-articles bench-peers bench-load bench-sameness bench-readers bench-examples bench-pages bench-faults kill residue fuzz fmt

CORPUS = $(if $(KLANGKHAO_CORPUS),--corpus "$(KLANGKHAO_CORPUS)")

run:  # the main job on the sample releases
	klangkhao run

test:
	python -m pytest -q -n auto --dist worksteal

test-all:  # those too that take many runs of the command
	python -m pytest -q -n auto --dist worksteal -m ""

check:  # what must be green before a change lands
	.ci/run here

bench:  # times of the stages, throughput, memory, growth, second run
	python tests/bench/corpus.py

bench-articles:  # web pages read in a second, and memory
	python tests/bench/articles.py

bench-peers:  # the extractor beside its peers on the same releases
	python tests/bench/peers.py $(CORPUS)

bench-load:  # a million fact rows from Arrow to committed
	python tests/bench/load.py

bench-sameness:  # near-copies among 100,000 releases
	python tests/bench/sameness.py

bench-readers:  # ten readers while runs publish
	python tests/bench/readers.py

bench-examples:  # the worked questions on WAREHOUSE=news.duckdb
	python tests/bench/examples.py "$(WAREHOUSE)"

bench-pages:  # report and release pages of WAREHOUSE=news.duckdb
	python tests/bench/pages.py "$(WAREHOUSE)"

bench-faults:  # defects planted in a corpus (KLANGKHAO_CORPUS, or WAREHOUSE=news.duckdb), each found by its check
	python tests/bench/faults_planted.py $(WAREHOUSE)

bench-web-faults:  # 1,000 runs over sites that answer badly, some killed, compared with undisturbed ones
	python tests/bench/faults.py

bench-sources:  # 50 sources, 10,000 known entries, nothing new
	python tests/bench/sources.py

bench-warc:  # a crawl of 1 GB in bounded memory
	python tests/bench/warc.py

kill:  # 200 trials of kill -9 in a load, each compared with an undisturbed one
	python tests/bench/kill.py

residue:  # the largest groups of numerals that no rule explains
	python tests/bench/residue.py $(CORPUS)

fuzz:  # a million mutated texts, and adversarial ones of 1 MB
	python tests/extract/fuzz.py --texts 1000000

fmt:
	ruff format .
	ruff check --fix .
