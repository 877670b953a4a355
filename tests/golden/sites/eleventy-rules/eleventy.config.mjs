export default (config) => {
  config.ignores.add("src/add/**");
  config.addPreprocessor("wip", "md", (data) => {
    if (data.wip) return false;
  });
  return { dir: { input: "src" } };
};
