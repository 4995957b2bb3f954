# The image of swimd: two programs, the shared libraries they need, and nothing else: no shell, no package manager.
# Runs as 65532 on a read-only root; give it somewhere to write its sockets: /run/swim and /run/swim-admin.
#
#   docker build -t YOUR-REGISTRY/swimd:0.1.0 .                    from source; the tag is what charts and manifests ask for
#   docker build … --target runtime-from-context .                 with build/release/bin of this checkout, made on the same Debian
#
# For kind: docker build -t swimd:0.1.0 . && kind load docker-image swimd:0.1.0
#
# A compiler cache: BuildKit keeps one by itself; for podman mount a folder with --volume FOLDER:/ccache.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS packages
WORKDIR /src
COPY packages.txt ./
RUN apt-get update -q \
 && awk '/^## / {group = $2} /^[a-z0-9]/ && group == "build" {print $1}' packages.txt \
    | DEBIAN_FRONTEND=noninteractive xargs apt-get install -q -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*
COPY deploy/image/collect.sh /usr/local/bin/collect

FROM packages AS from-source
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY cmake cmake
COPY proto proto
COPY core core
COPY cli cli
COPY server server
ARG JOBS=2
RUN --mount=type=cache,target=/var/cache/ccache \
    export CCACHE_DIR=/var/cache/ccache \
 && if [ -d /ccache ]; then CCACHE_DIR=/ccache; fi \
 && cmake --preset release -DSWIM_TESTS=OFF -DSWIM_BENCH=OFF \
 && cmake --build --preset release --parallel "$JOBS" --target swimd swimctl \
 && collect /image build/release/bin/swimd build/release/bin/swimctl

FROM packages AS from-context
COPY LICENSE ./
COPY build/release/bin/swimd build/release/bin/swimctl build/release/bin/
RUN collect /image build/release/bin/swimd build/release/bin/swimctl

FROM scratch AS runtime
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="swimd" \
      org.opencontainers.image.description="Cluster membership as a service, by encrypted SWIM gossip" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
ENV PATH=/usr/bin
USER 65532:65532
EXPOSE 7946/udp 7946/tcp 7948/tcp
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["/usr/bin/swimctl", "health"]
ENTRYPOINT ["/usr/bin/swimd"]

FROM runtime AS runtime-from-context
COPY --from=from-context /image/ /
COPY --from=from-context --chown=65532:65532 /image/run/ /run/

FROM runtime
COPY --from=from-source /image/ /
COPY --from=from-source --chown=65532:65532 /image/run/ /run/
