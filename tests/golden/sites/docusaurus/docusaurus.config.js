export default {
  title: "Docusaurus' Notes",
  url: "https://docusaurus.example",
  baseUrl: "/site/",
  i18n: { defaultLocale: "en", locales: ["en"] },
  onBrokenLinks: "ignore",
  presets: [["classic", { docs: {}, blog: { onInlineAuthors: "ignore", onUntruncatedBlogPosts: "ignore" } }]],
};
