import assert from "node:assert/strict";
import { test } from "node:test";
import type { PortFacts } from "../../../../helpers/command/doctor/check.ts";
import { checkPorts } from "../../../../helpers/command/doctor/network.ts";
import { fakeHost } from "./fake-host.ts";

const version = "nftables v1.1.3 (Commodore Bullmoose #4)";

/** Checks a host with nft, and one sandbox with ports, with these changes. */
async function check({
  ports = {},
  ruleset = "",
  firewalld,
  commands = { "nft --version": version, "nft list ruleset": ruleset },
}: {
  readonly ports?: Partial<PortFacts>;
  readonly ruleset?: string;
  readonly firewalld?: string;
  readonly commands?: Readonly<Record<string, string>>;
} = {}) {
  const sandboxes = { ports: { names: ["web"], lost: [], local: [], shadowed: [], ...ports } };
  return checkPorts(fakeHost({ sandboxes, commands, files: { "/etc/firewalld/firewalld.conf": firewalld } }));
}

const forward = (name: string, policy: string, ...rules: readonly string[]): string => `table ip ${name} {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}

	chain FORWARD {
		type filter hook forward priority filter; policy ${policy};
${rules.map((rule) => `\t\t${rule}\n`).join("")}	}
}
`;

test("where the kernel leads to no sandbox, nft may be missing", async () => {
  assert.deepEqual(await check({ ports: { names: [] }, commands: {} }), {
    ...{ check: "ports", verdict: "ok", message: "none that the kernel leads to" },
  });
});

test("a host that lets everybody to them is well", async () => {
  assert.deepEqual(await check(), { check: "ports", verdict: "ok", message: "the kernel leads to web" });
  const { message } = await check({ ports: { names: ["dns", "mail", "web"] } });
  assert.equal(message, "the kernel leads to dns and 2 more");
});

test("without nft none of them starts", async () => {
  const { verdict, message, fix } = await check({ ports: { lost: ["web"] }, commands: {} });
  assert.deepEqual([verdict, message], ["failed", "nft is missing, so web cannot start"]);
  assert.match(fix ?? "", /^Install nftables, or set PublishBy=proxy/);
});

test("rules that a firewall has removed are walls that are missing, and come first", async () => {
  const { verdict, message, fix } = await check({ ports: { lost: ["dns", "web"], local: ["x"], shadowed: ["y"] } });
  assert.equal(verdict, "failed");
  assert.match(message, /^a firewall has removed rules of dns and 1 more: .* no walls$/);
  assert.equal(fix, "systemctl restart sandboxcontainer-ports");
});

test("a program of the host that nobody reaches any more is told", async () => {
  const { verdict, message, fix } = await check({
    ports: { shadowed: ["a program listens on TCP port 80", "another"] },
  });
  assert.deepEqual([verdict, message], ["warning", "a program listens on TCP port 80"]);
  assert.equal(fix, "Stop that program, or change Publish= in the conf");
});

test("a chain that drops what is forwarded is named, with its table", async () => {
  const ruleset = forward("raw", "accept") + forward("filter", "drop", "jump DOCKER-USER");
  const { verdict, message, fix } = await check({ ruleset });
  assert.equal(verdict, "warning");
  assert.match(message, /^the chain FORWARD of nft's ip filter drops what is forwarded/);
  assert.match(fix ?? "", /ct status dnat/);
});

test("one that accepts it, or lets published ports through, is none", async () => {
  for (const ruleset of [
    forward("filter", "accept"),
    forward("filter", "drop", "ct status dnat accept"),
    forward(
      "filter",
      "drop",
      "ct state established accept",
      "ct status & dnat == dnat counter packets 1 bytes 60 accept",
    ),
    "table inet sandboxcontainer {\n\tchain links-forward {\n\t\ttype filter hook forward priority filter - 5; policy accept;\n\t\tdrop\n\t}\n}\n",
  ])
    assert.equal((await check({ ruleset })).verdict, "ok", ruleset);
});

test("the rule of another chain does not help", async () => {
  const ruleset = forward("filter", "drop").replace(
    "policy drop;\n\t}",
    "policy drop;\n\t\tct status dnat accept\n\t}",
  );
  assert.equal((await check({ ruleset })).verdict, "warning");
});

test("a firewalld that drops them is told", async () => {
  const { verdict, message, fix } = await check({ firewalld: "DefaultZone=public\nStrictForwardPorts=yes" });
  assert.deepEqual([verdict, message], ["warning", "firewalld drops what leads to sandboxes: StrictForwardPorts=yes"]);
  assert.match(fix ?? "", /firewall-cmd --reload$/);
  for (const text of ["StrictForwardPorts=no", "# StrictForwardPorts=yes", ""])
    assert.equal((await check({ firewalld: text })).verdict, "ok", text);
});

test("a service that listens on its loopback only is told last", async () => {
  const { verdict, message, fix } = await check({ ports: { local: ["port 80 inside listens …", "another"] } });
  assert.deepEqual([verdict, message], ["warning", "port 80 inside listens …"]);
  assert.equal(fix, "See sandboxcontainer-ports(7)");
  const { message: other } = await check({ ports: { local: ["port 80 …"] }, firewalld: "StrictForwardPorts=yes" });
  assert.match(other, /^firewalld/);
});
