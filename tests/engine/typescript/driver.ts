// Runs one command for one program, both compiled, and writes the engine's events and the outputs to a file. The
// Automation API serves the program to the CLI, where a user's project would have the plugin of its language.
//
//     node driver.js PROGRAM preview|up|destroy RESULT

import * as fs from "fs";
import * as path from "path";
import { EngineEvent, LocalWorkspace } from "@pulumi/pulumi/automation";

async function main(program: string, command: "preview" | "up" | "destroy", result: string) {
    const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "test", projectName: "typescript", program: async () => require(path.resolve(program)) },
        { workDir: "." },
    );
    const events: EngineEvent[] = [];
    try {
        await stack[command]({ onEvent: event => events.push(event), onOutput: text => process.stdout.write(text) });
    } finally {
        fs.writeFileSync(result, JSON.stringify({ events, outputs: await stack.outputs() }));
    }
}

const [program, command, result] = process.argv.slice(2);
main(program, command as "up", result).catch(error => {
    console.error(String(error));
    process.exit(1);
});
