# Build, test and run saker. `make run` needs Go and root; `make test` also needs
# the Debian packages below and installs them when it may.

GO            ?= go
BUILD         := build
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS       := -s -w -X main.version=$(VERSION)
ARGS          ?=
IMAGE         ?= saker:latest
ENGINE        ?= $(shell command -v podman || command -v docker || command -v buildah)

# What the tests run: a C compiler for the programs that drive the kernel (and
# for -race), ip for their network namespaces.
TEST_PACKAGES     := gcc libc6-dev iproute2
# What `make generate` runs. The compiler is pinned: another version makes other
# bytes, and CI compares them.
GENERATE_PACKAGES := clang-19 llvm-14 libbpf-dev linux-libc-dev

.PHONY: all
all: $(BUILD)/saker

.PHONY: $(BUILD)/saker
$(BUILD)/saker:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/saker

# Runs the agent with the default rules and an embedded NATS server.
# ARGS goes to saker: make run ARGS='-o json_output=true'
.PHONY: run
run: all
	@if [ "$$(id -u)" = 0 ]; then exec $(BUILD)/saker $(ARGS); \
	elif command -v sudo >/dev/null; then exec sudo $(BUILD)/saker $(ARGS); \
	else exec $(BUILD)/saker $(ARGS); fi

# Every test, with the race detector. The live ones need root and skip without.
.PHONY: test
test: test-packages
	$(GO) test -race -count=1 -timeout 20m ./...

.PHONY: test-packages
test-packages:
	@$(call packages,$(TEST_PACKAGES))

# The default rules under Debian's 6.1 and 6.12 kernels, emulated. Needs root.
.PHONY: test-kernels
test-kernels: test-packages
	.ci/kernels

# Makes the generated files anew: tables of the schema, BPF objects.
.PHONY: generate
generate: generate-packages
	$(GO) generate ./agent/schema ./bpf

.PHONY: generate-packages
generate-packages:
	@$(call packages,$(GENERATE_PACKAGES))

.PHONY: lint
lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt -w these:" $$unformatted; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# Measures this commit on this machine and writes docs/benchmarks.md.
.PHONY: bench
bench: all test-packages
	$(GO) run ./cmd/benchdoc -o docs/benchmarks.md

# IMAGE_ARGS goes to the build: make image IMAGE_ARGS='--build-arg BUILD_IMAGE=localhost/golang'
.PHONY: image
image:
	@test -n "$(ENGINE)" || { echo "no podman, docker or buildah found: install one or set ENGINE"; exit 1; }
	$(ENGINE) build -f Containerfile --build-arg VERSION=$(VERSION) $(IMAGE_ARGS) -t $(IMAGE) .

# packages LIST: installs what is missing of LIST, or says how.
define packages
missing=; for p in $(1); do \
	dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
done; \
if [ -z "$$missing" ]; then :; \
elif ! command -v apt-get >/dev/null; then echo "not a Debian system: these packages' equivalents are needed:$$missing"; \
elif [ "$$(id -u)" = 0 ]; then echo "installing Debian packages:$$missing"; \
	{ apt-get install -qq -y --no-install-recommends $$missing || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing; }; } >/dev/null; \
else echo "packages are missing; run: sudo apt-get install$$missing"; exit 1; fi
endef
