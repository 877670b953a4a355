import { defineConfig } from "astro/config";
import starlight from "@astrojs/starlight";
export default defineConfig({ site: "https://starlight.example", integrations: [starlight({ title: "Starlight's Notes" })] });
