# What must hold of the images, whatever package set they come from: `nix flake check` asks it of nixpkgs, and
# nix/tests/run.sh of the stubs. A list of { name, ok }.
{
  packages,
  release,
  system,
}:
let
  native =
    {
      x86_64-linux = "amd64";
      aarch64-linux = "arm64";
    }
    .${system};
  target = {
    amd64 = "x86_64-unknown-linux-musl";
    arm64 = "aarch64-unknown-linux-musl";
  };
  port = {
    hardware = "5001";
    portal = "5000";
  };

  of =
    service: suffix: arch:
    let
      name = "${service}-image${suffix}";
      image = packages.${name};
      package = packages."${service}${suffix}";
      inherit (image) given;
      inherit (given) config;
      label = key: config.Labels."org.opencontainers.image.${key}";
      test = what: ok: {
        name = "${system} ${name}: ${what}";
        inherit ok;
      };
    in
    [
      (test "entry point" (config.Entrypoint == [ "/bin/${service}" ] && config.Cmd == [ "serve" ]))
      (test "user" (config.User == "65532:65532"))
      (test "working directory" (config.WorkingDir == "/data"))
      (test "ports" (builtins.attrNames config.ExposedPorts == [ "${port.${service}}/tcp" ]))
      (test "listens on that port" (builtins.elem "BIND=0.0.0.0:${port.${service}}" config.Env))
      (test "health check" (
        config.Healthcheck.Test == [
          "CMD"
          "/bin/${service}"
          "healthcheck"
        ]
      ))
      (test "label title" (label "title" == "Toolcrib ${service}"))
      (test "label version" (label "version" == release.version))
      (test "label revision" (label "revision" == release.revision))
      (test "label licenses" (label "licenses" == "MIT OR Apache-2.0"))
      (test "label source" (label "source" == "https://github.com/toolcrib/toolcrib"))
      (test "name and tag" (
        given.name == "toolcrib/${service}" && given.tag == "${release.version}-${arch}"
      ))
      (test "architecture" (given.architecture == arch && package.CARGO_BUILD_TARGET == target.${arch}))
      (test "created at a fixed time" (given.created == "1970-01-01T00:00:01Z"))
      (test "contents" (builtins.elem package given.contents && builtins.length given.contents == 2))
      (test "files" (
        map (file: file.name) image.files == [
          "etc/passwd"
          "etc/group"
          "etc/ssl/certs/ca-certificates.crt"
          "usr/share/sbom/${service}.cdx.json"
        ]
      ))
      (test "only /data is the service's" (given.fakeRootCommands == "chown 65532:65532 data\n"))
      (test "the binary is static, and refers to nothing" (
        package.allowedReferences == [ ]
        && builtins.match ".*target-feature=\\+crt-static.*" package.CARGO_BUILD_RUSTFLAGS != null
      ))
    ];
in
builtins.concatMap (service: of service "" native ++ of service "-arm64" "arm64") [
  "hardware"
  "portal"
]
