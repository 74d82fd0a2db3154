#!/usr/bin/env node
import { launch } from './launch.mjs';

await launch(new URL('../rehearsal/main.ts', import.meta.url));
