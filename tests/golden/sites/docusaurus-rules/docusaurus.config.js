export default {
  title: "D", url: "https://docusaurus.example", baseUrl: "/",
  presets: [["classic", {
    docs: { exclude: ["**/*.wip.md", "secret/**", "**/_*.{js,jsx,ts,tsx,md,mdx}", "**/_*/**"] },
    blog: { exclude: ["notes/**", "**/_*.{js,jsx,ts,tsx,md,mdx}", "**/_*/**"] },
    pages: { exclude: ["**/hidden.md", "**/_*.{js,jsx,ts,tsx,md,mdx}", "**/_*/**"] },
  }]],
};
