#!/usr/bin/env node
import { launch } from './launch.mjs';

await launch('cerevisor.mjs', 'src/cli/main.ts');
