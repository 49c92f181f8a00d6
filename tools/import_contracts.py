"""The import contract of our own: stock layers allow skipping one and cannot keep an app's tables private."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

#: A module inside an app, and the modules of the same app that may import it.
ALLOWED = {
    "models": {"store", "admin", "migrations"},
    "store": {"access", "actions"},
}


class AppPrivacy(Contract):
    """Tables are seen by their own store (and read-only admin); stores by their own access and actions."""

    site = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  (the library's signature)
        found = []
        for app in sorted(graph.find_children(str(self.site))):
            for private, friends in ALLOWED.items():
                target = f"{app}.{private}"
                if target not in graph.modules:
                    continue
                for part in sorted({target, *graph.find_descendants(target)}):
                    for importer in sorted(graph.find_modules_that_directly_import(part)):
                        mine = importer.startswith(f"{app}.")
                        name = importer.removeprefix(f"{app}.").split(".")[0] if mine else ""
                        if name not in friends | {private}:
                            found.append(f"{importer} -> {part}")
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["found"]:
            output.print_error(line)
