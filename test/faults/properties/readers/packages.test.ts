import {
  parseDiversions,
  parseDpkgDatabase,
  parseDpkgVersions,
  parseRelation,
} from "../../../../helpers/host/packages/dpkg.ts";
import { combineDatabases } from "../../../../helpers/host/packages/open-database.ts";
import type { PackageDatabase } from "../../../../helpers/host/packages/package-database.ts";
import { parseRequirement, parseRpmDatabase, parseRpmVersions } from "../../../../helpers/host/packages/rpm.ts";
import {
  findNamed,
  findSourced,
  hasOwnSteps,
  namesData,
} from "../../../../helpers/sandbox/manifest/maintainer-steps.ts";
import { testReaders } from "./reader.ts";

const merged = ["bin", "lib"];
const dpkg =
  "P\tapache2\tapache2\t2.4\tapache2\tinstalled\t\tlibc6 (>= 2), perl | awk:any\thttpd\toptional\n /.\n /etc\n /etc/apache2\n /bin/x\n" +
  "P\tlibc6:amd64\tlibc6\t2.41\tglibc\tinstalled\t\t\t\trequired\n /lib/x\n /usr/lib/y\n" +
  "P\tperl\tperl\t5\tperl\tconfig-files\t\tapache2\t\timportant\n";
const diversions = "diversion of /bin/x to /bin/x.distrib by apache2\nlocal diversion of /etc/a to /etc/b\n";
const rpm =
  "P\thttpd\t2.4-1\tx86_64\thttpd-2.4-1.src.rpm\nR /bin/sh\nR (a >= 1 if b)\nV httpd\n /etc/httpd\n /usr/sbin/httpd\n" +
  "P\tbash\t5-1\tx86_64\tbash-5-1.src.rpm\nV sh\n /bin/sh\nP\tbash\t5-1\ti686\tbash-5-1.src.rpm\n";
const script = `#!/bin/sh
# Automatically added by dh_installsystemd
systemctl enable x
# End automatically added section
. /usr/share/postgresql-common/maintscripts-functions
case "$1" in
configure)
  # a comment
  mkdir -p /var/lib/x /etc/default/x
;;
esac
`;

/** Asks a database everything that it can be asked. */
function askAll(database: PackageDatabase): unknown {
  const some = database.packages.slice(0, 3);
  return [
    database.findPackage("apache2"),
    some.map((each) => [database.listPaths(each), database.isBase(each), database.readScript(each)]),
    database.findOwners("/bin/x"),
    database.findOwnersBelow("/etc"),
    database.orderByDependencies(database.findClosure(some)),
    database.findDependents(some),
  ];
}

testReaders(
  {
    name: "dpkg's packages",
    read: (text) => askAll(parseDpkgDatabase(text, diversions, merged, () => undefined)),
    examples: [dpkg],
  },
  { name: "dpkg's relations", read: parseRelation, examples: ["libc6 (>= 2.38), perl:any | awk,\n debconf (>= 0.5)"] },
  {
    name: "dpkg's diversions",
    read: (text) => [
      parseDiversions(text),
      parseDpkgDatabase(dpkg, text, merged, () => undefined).findOwners("/usr/bin/x"),
    ],
    examples: [diversions],
  },
  { name: "dpkg's versions", read: parseDpkgVersions, examples: ["installed\tapache2\t2.4\nconfig-files\tx\t1\n"] },
  {
    name: "rpm's packages",
    read: (text) => askAll(combineDatabases([parseRpmDatabase(text, merged), parseRpmDatabase("", merged)])),
    examples: [rpm],
  },
  {
    name: "rpm's requirements",
    read: parseRequirement,
    examples: ["(foo >= 1.0 if (bar or baz))", "libc.so.6()(64bit)", "((a and b) unless c(x))"],
  },
  {
    name: "rpm's versions",
    read: parseRpmVersions,
    examples: ["httpd\t2.4\tx86_64\nbash\t5\tx86_64\nbash\t5\ti686\n"],
  },
  {
    name: "a maintainer script",
    read: (text) => [hasOwnSteps(text), namesData(text), findNamed(text, "/etc/"), findSourced(text)],
    examples: [script],
  },
);
