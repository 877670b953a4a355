import { defineCollection, z } from "astro:content";
import { glob } from "astro/loaders";
export const collections = {
  blog: defineCollection({ loader: glob({ pattern: "**/[^_]*.md", base: "./src/content/blog" }), schema: z.object({}).passthrough() }),
};
