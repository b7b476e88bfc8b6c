# Tools are pinned here and installed on demand into .tools, which git ignores.
GOLANGCI_LINT_VERSION := v2.15.0
TOOLS := $(CURDIR)/.tools
LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)

.PHONY: all test format vet lint build fuzz bench clean

all: test format vet lint build

test:
	go test ./...

format:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi

# The go tool skips folders named testdata, so the packages in there are named.
vet:
	go vet ./... ./testdata/stories/... ./testdata/gen/...

lint: $(LINT)
	$(LINT) run ./...

$(LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	@mv $(TOOLS)/golangci-lint $(LINT)

build:
	CGO_ENABLED=0 go build -trimpath -o bin/whybill ./cmd/whybill

# Every fuzz target for FUZZTIME each.
FUZZTIME ?= 30s
fuzz:
	@go list ./... | while read -r package; do \
	  go test -list '^Fuzz' $$package | grep '^Fuzz' | while read -r target; do \
	    echo "$$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	  done || exit 1; \
	done

bench:
	go test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin .tools
