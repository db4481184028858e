import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSource, parseSources } from "../../../../helpers/run/attach/parse-sources.ts";

test("each kind of Mount= that prepare writes is read back", () => {
  const text = "mount-0 /srv/a b\nmount-1 suid:/srv/c\nmount-2 image:/srv/d:e\nmount-3 ram:1048576\n";
  assert.deepEqual(parseSources(text), [
    { mount: "mount-0", source: { kind: "folder", path: "/srv/a b", allowsSetId: false } },
    { mount: "mount-1", source: { kind: "folder", path: "/srv/c", allowsSetId: true } },
    { mount: "mount-2", source: { kind: "image", path: "/srv/d:e" } },
    { mount: "mount-3", source: { kind: "memory", bytes: "1048576" } },
  ]);
  assert.deepEqual(parseSources(""), []);
});

test("a source is called what a person finds in the conf", () => {
  assert.deepEqual(
    parseSources("mount-0 suid:/srv/c\nmount-1 ram:4096\n").map(({ source }) => describeSource(source)),
    ["/srv/c", "`ram:` and 4096 bytes"],
  );
});
