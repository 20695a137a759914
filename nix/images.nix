# A container image for each service: a static binary, a CA bundle, a list of parts (SBOM), and two folders.
# scripts/images-static.sh makes the same without Nix; nix/tests compares the two.
{
  pkgs,
  release,
  sbom,
}:
let
  # nobody of "distroless": a number that no distribution gives to a person
  user = "65532";
  certificates = "etc/ssl/certs/ca-certificates.crt";

  services = {
    hardware = {
      title = "Toolcrib hardware";
      port = "5001";
    };
    portal = {
      title = "Toolcrib portal";
      port = "5000";
    };
  };

  # What lies in the image beside the binary, as symlinks into the store.
  files = service: [
    {
      name = "etc/passwd";
      path = pkgs.writeText "passwd" "toolcrib:x:${user}:${user}:Toolcrib:/data:/sbin/nologin\n";
    }
    {
      name = "etc/group";
      path = pkgs.writeText "group" "toolcrib:x:${user}:\n";
    }
    {
      name = certificates;
      # dockerTools' package is a link to cacert, with this name in both.
      path = "${pkgs.dockerTools.caCertificates or pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
    }
    {
      name = "usr/share/sbom/${service}.cdx.json";
      path = pkgs.writeText "${service}.cdx.json" (sbom service);
    }
  ];

  second = 1000000000;

  config =
    service:
    let
      inherit (services.${service}) title port;
    in
    {
      User = "${user}:${user}";
      WorkingDir = "/data";
      Entrypoint = [ "/bin/${service}" ];
      Cmd = [ "serve" ];
      Env = [
        "BIND=0.0.0.0:${port}"
        "DATA_DIR=/data"
        "PATH=/bin"
        "SSL_CERT_FILE=/${certificates}"
      ];
      ExposedPorts."${port}/tcp" = { };
      Healthcheck = {
        Test = [
          "CMD"
          "/bin/${service}"
          "healthcheck"
        ];
        Interval = 10 * second;
        Timeout = 3 * second;
        StartPeriod = 10 * second;
      };
      Labels = {
        "org.opencontainers.image.title" = title;
        "org.opencontainers.image.version" = release.version;
        "org.opencontainers.image.revision" = release.revision;
        "org.opencontainers.image.licenses" = release.license;
        "org.opencontainers.image.source" = release.repository;
      };
    };

  # What buildLayeredImage is given. The layers belong to root, and only /data to the service: it can change no file of its
  # own. (uid and gid would make the whole store the service's.)
  args = platform: service: package: {
    name = "toolcrib/${service}";
    tag = "${release.version}-${platform.arch}";
    architecture = platform.arch;
    created = "1970-01-01T00:00:01Z";
    contents = [
      package
      (pkgs.linkFarm "${service}-root" (files service))
    ];
    config = config service;
    extraCommands = ''
      mkdir -p data tmp
      chmod 0755 data
      chmod 1777 tmp
    '';
    fakeRootCommands = ''
      chown ${user}:${user} data
    '';
  };
in
{
  # The image, and what it was made of, which the tests look at.
  image =
    platform: service: package:
    let
      given = args platform service package;
    in
    pkgs.dockerTools.buildLayeredImage given
    // {
      inherit given;
      files = files service;
      sbom = sbom service;
    };
}
