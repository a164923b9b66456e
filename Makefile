# The habits of this project. `make demo` and `make test` are all that a fresh machine needs.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: demo build test check lint fmt race scripts bench sample clean

demo: build ## build atlas and run its main job on the reference project
	./bin/atlas sync --entity IONS
	./bin/atlas report --entity IONS --year 2026 --month 2 --type monthly $(if $(shell for p in chromium chromium-browser google-chrome soffice; do command -v $$p; done),,--no-pdf)

build: ## compile bin/atlas
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/atlas ./cmd/atlas

test: ## every test that needs nothing but Go and a C compiler
	$(GO) test ./...

check: fmt lint test race ## what CI runs
	$(GO) vet ./...

fmt: ## fail on unformatted files
	@files=$$(gofmt -l cmd engine bench); if [ -n "$$files" ]; then echo "not gofmt-ed:"; echo "$$files"; exit 1; fi

lint: ## golangci-lint, where it is installed (CI installs it)
	@if command -v golangci-lint >/dev/null 2>&1; then golangci-lint run ./...; \
	else echo "golangci-lint is not installed: skipped here, run by CI (see CONTRIBUTING.md)"; fi

race: ## the concurrent packages under the race detector, in random order
	$(GO) test -race -shuffle=on ./engine/run/... ./engine/jinja/... ./engine/graph/... ./engine/compile/...

scripts: ## rewrite the expected output of every script test
	ATLAS_UPDATE=1 $(GO) test ./cmd/atlas -run TestScripts

bench: ## Go benchmarks; comparisons with peers are bench/*/run.sh
	$(GO) test -run '^$$' -bench . -benchmem ./engine/...

sample: ## write the reference project's workbooks anew
	$(GO) run ./cmd/sampledata

clean:
	rm -rf bin target
