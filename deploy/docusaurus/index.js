// Backmatter on a site of Docusaurus: put this folder beside `docusaurus.config.js` as `backmatter`, and write there
//
//     plugins: [["./backmatter", { src: "https://search.example.org" }]],
//
// The navigation bar gets a button that opens the search. After each build, `backmatter index` is run, if
// `backmatter.toml` is beside the configuration.

const { execFileSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

module.exports = function backmatter(context, { src }) {
  const address = src.replace(/\/$/, "");
  return {
    name: "backmatter",
    getThemePath: () => join(__dirname, "theme"),
    contentLoaded: ({ actions }) => actions.setGlobalData({ src: address }),
    injectHtmlTags: () => ({
      headTags: [{ tagName: "script", attributes: { type: "module", src: `${address}/backmatter-search.js` } }],
    }),
    postBuild({ siteDir }) {
      if (!existsSync(join(siteDir, "backmatter.toml"))) return;
      execFileSync("backmatter", ["index"], { cwd: siteDir, stdio: "inherit" });
    },
  };
};
