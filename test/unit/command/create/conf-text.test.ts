import assert from "node:assert/strict";
import test from "node:test";
import { renderConf } from "../../../../helpers/command/create/request.ts";
import { confOf } from "../../conf/conf-of.ts";

const noRequest = { ...{ name: "web", units: [], executable: undefined, settings: [], assignments: [], copy: false } };

test("a command keeps its control characters: an escape sequence in an argument was refused as a wrong conf", () => {
  const command = ["/usr/bin/printf", "\x1b[1m%s\r\n\t", 'a "b" \\', ""] as const;
  const flags = { dryRun: false, start: false, enable: false, json: false };
  assert.deepEqual(confOf(renderConf({ ...noRequest, ...flags, command }, [])).Exec?.words, command);
});
