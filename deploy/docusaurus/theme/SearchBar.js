// The place that Docusaurus has for a search in its navigation bar.

import { usePluginData } from "@docusaurus/useGlobalData";
import React from "react";

export default function SearchBar() {
  const { src } = usePluginData("backmatter");
  return (
    <backmatter-search mode="dialog" keys="/ ctrl+k" src={src}>
      <a href={`${src}/`}>Search</a>
    </backmatter-search>
  );
}
