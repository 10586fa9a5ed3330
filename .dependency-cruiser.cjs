// Imports run one way only (CONTRIBUTING.md, "Where does a change go"). tests/architecture plants a violation of each rule and sees it caught.
const rooms = [
  "contracts",
  "evidence",
  "platform",
  "shop",
  "monolith",
  "extracted",
  "proxy",
  "controller",
  "outside",
  "loadtests",
  "scripts",
  "tests",
];
const mayImport = {
  contracts: [],
  evidence: ["contracts"],
  platform: ["contracts", "evidence"],
  shop: ["contracts", "platform"],
  monolith: ["contracts", "evidence", "platform", "shop"],
  extracted: ["contracts", "evidence", "platform", "shop"],
  proxy: ["contracts", "evidence", "platform"],
  controller: ["contracts", "evidence", "platform"],
  outside: ["contracts", "platform"],
  loadtests: ["contracts", "evidence"],
};

// A test file may reach for what is under test next to it and for the platform; production code may not reach for tests.
module.exports = {
  forbidden: [
    ...Object.entries(mayImport).map(([room, allowed]) => ({
      name: `${room}-imports-one-way`,
      comment: `${room} may import ${allowed.join(", ") || "nothing of ours"}`,
      severity: "error",
      from: { path: `^${room}/` },
      to: {
        path: `^(${rooms.filter((r) => r !== room && r !== "outside" && !allowed.includes(r)).join("|")})/`,
      },
    })),
    {
      name: "outside-is-reached-over-the-network",
      comment:
        "outside/ stands in for other companies; only tests and their fixtures start it in their own process",
      severity: "error",
      from: {
        path: `^(${Object.keys(mayImport)
          .filter((room) => room !== "outside")
          .join("|")}|scripts)/`,
        pathNot: "[.](fixture|(unit|int|e2e)[.]test)[.]ts$",
      },
      to: { path: "^outside/" },
    },
    {
      name: "extracted-sides-are-strangers",
      comment: "one extracted service never imports another: they meet over HTTP and events",
      severity: "error",
      from: { path: "^extracted/([^/]+)/" },
      to: { path: "^extracted/", pathNot: "^extracted/$1/" },
    },
    {
      name: "both-sides-only-in-hosts",
      comment: "scripts/hosts is the one place where monolith and extracted code share a process",
      severity: "error",
      from: { path: "^scripts/", pathNot: "^scripts/hosts/" },
      to: { path: "^(monolith|extracted/[^/]+)/app[.]ts$" },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-unresolvable",
      severity: "error",
      from: { pathNot: "^loadtests/k6/" },
      to: { couldNotResolve: true, pathNot: "^k6" },
    },
    {
      name: "no-tests-in-production",
      severity: "error",
      from: { pathNot: ["[.](unit|int|e2e)[.]test[.]ts$", "^tests/", "^vitest"] },
      to: { path: ["[.]test[.]ts$", "^tests/"] },
    },
    {
      name: "contracts-and-evidence-do-no-io",
      comment: "types, data and pure functions: no files, sockets, processes, clocks of the system",
      severity: "error",
      from: { path: "^(contracts|evidence)/", pathNot: "[.](unit|int)[.]test[.]ts$" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|zlib|buffer)$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["node_modules", "[.]banyan", "tests/architecture/planted"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".mjs", ".js", ".cjs", ".json"],
    },
  },
};
