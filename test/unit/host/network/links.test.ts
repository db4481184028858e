import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLinkAddresses } from "../../../../helpers/host/network/links.ts";

test("the addresses of the host are its own end of each, with the interface that has it", () => {
  const said = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host proto kernel_lo \\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.2.15/24 metric 1024 brd 10.0.2.255 scope global dynamic eth0\\       valid_lft 86316sec
3: tun0    inet 10.8.0.2 peer 10.8.0.1/32 scope global tun0\\       valid_lft forever
12: virbr-lab    inet6 fe80::5054:ff:fe12:3456/64 scope link \\       valid_lft forever`;
  assert.deepEqual(
    parseLinkAddresses(said).map(({ family, text, device }) => `${family} ${text} ${device}`),
    ["4 127.0.0.1 lo", "6 ::1 lo", "4 10.0.2.15 eth0", "4 10.8.0.2 tun0", "6 fe80::5054:ff:fe12:3456 virbr-lab"],
  );
});
