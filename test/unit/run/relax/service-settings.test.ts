import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSetting, readServiceSettings } from "../../../../helpers/run/relax/service-settings.ts";

const read = (text: string, unit = "web@one.service"): readonly string[] =>
  readServiceSettings(text, unit).map(formatSetting);

test("only [Service] counts, over all files of the unit, without comments", () => {
  const text = [
    "# /usr/lib/systemd/system/web@.service",
    "[Unit]",
    "PrivateTmp=not here",
    "[Service]",
    "; a comment",
    "PrivateTmp = yes",
    "",
    "# /etc/systemd/system/web@.service.d/own.conf",
    "[Service]",
    "Nice=5",
    "[Install]",
    "WantedBy=x",
  ].join("\n");
  assert.deepEqual(read(text), ["PrivateTmp=yes", "Nice=5"]);
});

test("a line goes on behind a backslash, also past a comment, and an empty value takes back what came before", () => {
  assert.deepEqual(read("[Service]\nReadWritePaths=/a \\\n# between\n  /b\nNice=1\nNice=\nNice=2\n"), [
    "ReadWritePaths=/a    /b",
    "Nice=2",
  ]);
});

test("specifiers of the unit's own name are told apart from the instance's", () => {
  assert.deepEqual(read("[Service]\nBindPaths=/var/%p/%N/%n/%i/%%p\n"), [
    "BindPaths=/var/web/web@one/web@one.service/%i/%%p",
  ]);
});
