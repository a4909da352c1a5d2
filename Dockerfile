# Tutti in a container. NOT RUN by our tests: there is no container engine where they run.
#
#   docker build -t tutti .
#   docker run -d --name tutti --restart unless-stopped --init -p 3000:3000 \
#     -v tutti-data:/data -v /path/to/music:/music:ro tutti
#
# The operator's token is in the log of the first start: `docker logs tutti`.

FROM rust:1.95-bookworm AS build
# Debian's own Node is too old for wasm-opt.
COPY --from=node:22-bookworm-slim /usr/local/bin/ /usr/local/bin/
COPY --from=node:22-bookworm-slim /usr/local/lib/node_modules/ /usr/local/lib/node_modules/
WORKDIR /tutti
# The tools first: they change rarely, and take minutes.
COPY Makefile rust-toolchain.toml ./
COPY end2end/package.json end2end/package-lock.json end2end/.npmrc end2end/
RUN make tools
COPY . .
RUN make build

FROM debian:bookworm-slim
# ffmpeg converts what browsers do not play; without it the image is a third, and everything else works.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates ffmpeg \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tutti \
 && install -d -o tutti -g tutti -m 0700 /data \
 && install -d /music
COPY --from=build /tutti/target/release/tutti /tutti/target/release/hash.txt /opt/tutti/bin/
COPY --from=build /tutti/target/site /opt/tutti/site
ENV PATH=/opt/tutti/bin:$PATH \
    TUTTI_LISTEN=0.0.0.0:3000 \
    TUTTI_DATA_DIR=/data \
    TUTTI_MUSIC_DIR=/music
USER tutti
VOLUME /data
EXPOSE 3000
# SIGTERM: pages are told to come back, and what is under way is ended.
STOPSIGNAL SIGTERM
CMD ["tutti", "serve"]
