import { refractor } from 'refractor';
import dart from 'refractor/dart';
import docker from 'refractor/docker';
import elixir from 'refractor/elixir';
import graphql from 'refractor/graphql';
import hcl from 'refractor/hcl';
import jsx from 'refractor/jsx';
import powershell from 'refractor/powershell';
import protobuf from 'refractor/protobuf';
import scala from 'refractor/scala';
import toml from 'refractor/toml';
import tsx from 'refractor/tsx';

for (const grammar of [
  ...[dart, docker, elixir, graphql, hcl, jsx],
  ...[powershell, protobuf, scala, toml, tsx],
])
  refractor.register(grammar);

/** File extensions that differ from the name of their language. */
const byExtension: Readonly<Record<string, string>> = {
  astro: 'markup',
  cc: 'cpp',
  cerevisor: 'json',
  cjs: 'javascript',
  cts: 'typescript',
  cxx: 'cpp',
  ex: 'elixir',
  exs: 'elixir',
  gql: 'graphql',
  h: 'c',
  hpp: 'cpp',
  htm: 'markup',
  hxx: 'cpp',
  json5: 'json',
  jsonc: 'json',
  m: 'objectivec',
  mjs: 'javascript',
  mts: 'typescript',
  patch: 'diff',
  pl: 'perl',
  proto: 'protobuf',
  ps1: 'powershell',
  rs: 'rust',
  svelte: 'markup',
  tf: 'hcl',
  vue: 'markup',
  xhtml: 'markup',
  zsh: 'bash',
};

const byName: Readonly<Record<string, string>> = {
  '.bashrc': 'bash',
  '.gitconfig': 'ini',
  '.editorconfig': 'ini',
  dockerfile: 'docker',
  containerfile: 'docker',
  gemfile: 'ruby',
  makefile: 'makefile',
  rakefile: 'ruby',
};

/** The language in which a file is highlighted; null for plain text. */
export function languageOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
  const language = lookUp(byName, name) ?? lookUp(byExtension, extension) ?? extension;
  return language !== '' && refractor.registered(language) ? language : null;
}

/** A file may have the name of a built-in object property. */
const lookUp = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

export { refractor };
