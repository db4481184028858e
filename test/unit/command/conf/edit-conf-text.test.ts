import assert from "node:assert/strict";
import { test } from "node:test";
import { readValues, writeValues } from "../../../../helpers/command/conf/edit-conf-text.ts";

const conf = `# of the administrator
[Sandbox]
Unit=apache2.service
; why this size
Image = 2G

# both ports
[Network]
Publish=8080:80
# the second
Publish=8443:443
`;

test("a value is replaced where it stands, and all other lines stay", () => {
  assert.equal(writeValues(conf, "Sandbox", "Image", ["4G"]), conf.replace("Image = 2G", "Image=4G"));
});

test("a value that stays keeps its line as it was written", () => {
  assert.equal(writeValues(conf, "Sandbox", "Image", ["2G"]), conf);
});

test("of a list, what goes is taken out, and what comes is put behind the last", () => {
  assert.equal(writeValues(conf, "Network", "Publish", ["8443:443"]), conf.replace("Publish=8080:80\n", ""));
  assert.equal(writeValues(conf, "Network", "Publish", ["8080:80", "8443:443", "9000:90"]), `${conf}Publish=9000:90\n`);
  assert.equal(
    writeValues(conf, "Network", "Publish", ["9000:90", "8443:443", "9001:91"]),
    `${conf.replace("8080:80", "9000:90")}Publish=9001:91\n`,
  );
});

test("values keep the order in which they were given: -all came after what it had to come before, and took it away", () => {
  const text = "[Security]\n# for ping\nCapabilities=+CAP_NET_RAW\n";
  assert.equal(
    writeValues(text, "Security", "Capabilities", ["-all", "+CAP_NET_RAW"]),
    "[Security]\nCapabilities=-all\n# for ping\nCapabilities=+CAP_NET_RAW\n",
  );
  assert.equal(
    writeValues(conf, "Network", "Publish", ["8443:443", "8080:80"]),
    `${conf.replace("Publish=8080:80\n", "")}Publish=8080:80\n`,
  );
});

test("a comment inside a continued value stays when the value goes: it went with it", () => {
  const text = "[Service]\nEnvironment=A=1 \\\n# why B\n  B=2\n";
  assert.equal(writeValues(text, "Service", "Environment", ["C=3"]), "[Service]\nEnvironment=C=3\n# why B\n");
  assert.equal(writeValues(text, "Service", "Environment", []), "[Service]\n# why B\n");
});

test("a backslash at the end of the text takes in no new line: it took in the one that was set", () => {
  const text = "[Service]\nExecStartPost=/bin/a \\\n# the end";
  assert.equal(writeValues(text, "Service", "Nice", ["1"]), "[Service]\nExecStartPost=/bin/a \nNice=1\n# the end\n");
});

test("a new key comes last in its section, a new section at the end", () => {
  assert.equal(
    writeValues(conf, "Sandbox", "Package", ["php"]),
    conf.replace("Image = 2G\n", "Image = 2G\nPackage=php\n"),
  );
  assert.equal(writeValues(conf, "Resources", "MemoryMax", ["1G"]), `${conf}\n[Resources]\nMemoryMax=1G\n`);
  assert.equal(writeValues("[Sandbox]", "Sandbox", "Exec", ["/bin/x"]), "[Sandbox]\nExec=/bin/x\n");
  assert.equal(writeValues("", "Sandbox", "Exec", ["/bin/x"]), "[Sandbox]\nExec=/bin/x\n");
});

test("a value over several lines is one, and the same key of another section is another", () => {
  const text = "[Unit]\nAfter=a.service\n[Service]\nEnvironment=A=1 \\\n  # no part of it\n  B=2\nNice=1\n";
  assert.deepEqual(readValues(text, "Service", "Environment"), ["A=1  B=2"]);
  assert.equal(
    writeValues(text, "Service", "Environment", ["C=3"]),
    "[Unit]\nAfter=a.service\n[Service]\nEnvironment=C=3\n  # no part of it\nNice=1\n",
  );
  assert.equal(writeValues(text, "Service", "After", []), text);
});

test("a section that is there twice gets its new key where it is last", () => {
  const text = "[Unit]\nAfter=a.service\n[Service]\nNice=1\n[Unit]\nAfter=b.service\n";
  assert.deepEqual(readValues(text, "Unit", "After"), ["a.service", "b.service"]);
  assert.equal(writeValues(text, "Unit", "After", []), "[Unit]\n[Service]\nNice=1\n[Unit]\n");
  assert.equal(writeValues(text, "Unit", "Wants", ["c.service"]), `${text}Wants=c.service\n`);
});
