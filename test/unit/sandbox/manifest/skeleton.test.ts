import assert from "node:assert/strict";
import test from "node:test";
import { planSkeleton } from "../../../../helpers/sandbox/manifest/base.ts";
import { directory, fakeHost, link } from "./fake-host.ts";

test("links into /usr are as on the host, whichever it has", () => {
  const names = ["bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32"];
  const links = (host: Parameters<typeof fakeHost>[0]): readonly string[] =>
    planSkeleton(fakeHost(host)).flatMap(({ path, source }) =>
      source !== undefined && "link" in source && !path.startsWith("/var/") ? [`${path} ${source.link}`] : [],
    );
  const host = Object.fromEntries(names.map((name) => [`/${name}`, link(`usr/${name}`)]));
  assert.deepEqual(
    links(host),
    names.map((name) => `/${name} usr/${name}`),
  );
  assert.deepEqual(links({ ...host, "/lib64": directory() }).length, names.length - 1);
});
