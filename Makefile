# All targets run in the environment that is active; `.ci/run` makes one and runs `check` in it.
# KLANGKHAO_CORPUS names a folder or zip of releases for the benches; without it they take the sample releases.
.PHONY: run test check bench bench-peers residue fuzz fmt

CORPUS = $(if $(KLANGKHAO_CORPUS),--corpus "$(KLANGKHAO_CORPUS)")

run:  # the main job on the sample releases
	klangkhao run

test:
	python -m pytest -q -n auto --dist worksteal

check:  # what must be green before a change lands
	.ci/run here

bench:  # times of the stages, throughput, memory, growth, second run
	python tests/bench/corpus.py

bench-peers:  # the extractor beside its peers on the same releases
	python tests/bench/peers.py $(CORPUS)

residue:  # the largest groups of numerals that no rule explains
	python tests/bench/residue.py $(CORPUS)

fuzz:  # a million mutated texts, and adversarial ones of 1 MB
	python tests/extract/fuzz.py --texts 1000000

fmt:
	ruff format .
	ruff check --fix .
