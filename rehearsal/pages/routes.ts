import { Routes } from '../api/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';

export function pageRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal);
}
