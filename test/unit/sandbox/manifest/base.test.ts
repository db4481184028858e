import assert from "node:assert/strict";
import test from "node:test";
import { planBase } from "../../../../helpers/sandbox/manifest/base.ts";
import { directory, fakeHost, file, link } from "./fake-host.ts";

const pathsOf = (host: Parameters<typeof fakeHost>[0]): readonly string[] =>
  planBase(fakeHost(host))
    .map(({ path }) => path)
    .sort();

test("what a program of any package may look for is there", () => {
  const names = [
    "nsswitch.conf host.conf gai.conf services protocols networks ethers rpc",
    "localtime timezone adjtime locale.conf locale.alias default/locale",
    "ld.so.cache ld.so.conf ld.so.conf.d ld.so.preload alternatives",
    "ssl/certs ssl/openssl.cnf ca-certificates.conf pki/tls/certs pki/tls/openssl.cnf pki/ca-trust/extracted",
    "crypto-policies pam.conf pam.d security login.defs shells environment profile profile.d bash.bashrc bashrc",
    "inputrc skel terminfo debian_version redhat-release system-release fedora-release os-release issue issue.net",
    "mime.types",
  ].flatMap((line) => line.split(" ").map((name) => `/etc/${name}`));
  const others = ["/etc/shadow", "/etc/ssl/private", "/etc/pki/tls/private", "/etc/default/other"];
  const host = Object.fromEntries([...names, ...others].map((path) => [path, file()]));
  assert.deepEqual(pathsOf(host), names.toSorted());
});

test("folders come with what everybody may read in them, links as they are", () => {
  const host = {
    "/etc/security": directory(),
    "/etc/security/limits.d/x.conf": file(),
    "/etc/security/opasswd": file("secret", 0o600),
    "/etc/pam.d": link("pam.other"),
    "/etc/pam.d/login": file(),
  };
  const security = ["/etc/security", "/etc/security/limits.d", "/etc/security/limits.d/x.conf"];
  assert.deepEqual(pathsOf(host), ["/etc/pam.d", ...security]);
});
