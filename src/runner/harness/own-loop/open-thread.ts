import { mkdir } from 'node:fs/promises';
import type { OpenThread } from '../adapter.ts';
import { enterFolder } from '../enter-folder.ts';
import { endLeftoverProcesses } from './loop/leftover-processes.ts';
import { connectModel } from './model/connect-model.ts';
import { OwnLoopThread } from './own-loop-thread.ts';
import { Conversation } from './store/conversation.ts';

/** Resumes or starts a thread of Cerevisor's own loop. */
export const openOwnLoop: OpenThread = async (thread) => {
  const { cwd, storeFolder, apiKey, connection, isNew } = thread;
  enterFolder(cwd);
  await mkdir(storeFolder, { recursive: true, mode: 0o700 });
  const conversation = Conversation.open(storeFolder);
  await endLeftoverProcesses(conversation.processes);
  const api = connection?.api === 'anthropic-messages' ? connection.api : 'chat-completions';
  const service = await connectModel({ api, apiKey, baseUrl: connection?.baseUrl });
  const notices = conversation.isEmpty && !isNew ? [NO_HISTORY] : [];
  return new OwnLoopThread({ thread, service, conversation, notices });
};

const NO_HISTORY = 'The record of this conversation is missing, so the agent does not remember it.';
