import { agentId } from './ids.ts';

/** The agent that improves a workflow between two rounds of Loop & Enhance. It is not part of the document. */
export const PLANNER_ID = agentId('loop-and-enhance');
export const PLANNER_NAME = 'Planner';
