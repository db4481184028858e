import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { settings } from "../../../../generator/conf/settings.ts";

test("the manual has every setting, in its section", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../man/sandboxcontainer.conf.5"), "utf8");
  const sections = new Map(page.split(/^\.Sh \[/m).map((part) => [part.split("]", 1)[0], part]));
  for (const [name, { section }] of Object.entries(settings)) {
    const text = sections.get(section.toUpperCase()) ?? "";
    assert.match(text, new RegExp(`Va ${name}=`), `${name}= is in [${section}]`);
  }
});
