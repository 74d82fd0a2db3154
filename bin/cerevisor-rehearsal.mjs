#!/usr/bin/env node
import { launch } from './launch.mjs';

await launch('rehearsal.mjs', 'rehearsal/main.ts');
