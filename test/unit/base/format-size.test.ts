import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { formatSize } from "../../../base/text.ts";
import { imageMountUnit } from "../../../conf/conf.ts";
import { parseImage } from "../../../conf/values/kinds.ts";

test("a size is told exactly, and means the same when it is read again", () => {
  for (const text of ["2G", "1536M", "16M", "15T", "16388K"]) {
    assert.equal(formatSize(parseImage(text)), text);
  }
  assert.equal(formatSize(parseImage("1.5G")), "1536M");
});

test("a size is whole blocks, and what makes no sense is refused", () => {
  assert.equal(parseImage("20000001") % 4096, 0);
  for (const text of ["", "0", "-1G", "15M", "16T", "2GB", "lots", "1e12", "Infinity"]) {
    assert.throws(() => parseImage(text), /expected a size/, text);
  }
});

test("the mount of an image is named as systemd names its path", () => {
  assert.equal(imageMountUnit(parseSandboxName("a-b.c_d")), "var-lib-sandboxcontainer-a\\x2db.c_d-image.mount");
});
