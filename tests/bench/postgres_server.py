"""A PostgreSQL server of a benchmark's own, over a socket in its folder."""
import glob
import os
import pathlib
import signal
import subprocess
import time


class PostgresServer:
    def __init__(self, folder, shared_buffers="128MB"):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        self.folder = pathlib.Path(folder) / "postgres"
        self.folder.mkdir()
        if self.as_server:
            subprocess.run(["chmod", "711", folder], check=True)
            subprocess.run(["chown", "postgres", self.folder], check=True)
        self.run("initdb", "-D", self.folder / "data", "-U", "bench", "-A", "trust")
        self.server = subprocess.Popen([*self.as_server, f"{self.bin}/postgres", "-D", self.folder / "data", "-k", self.folder,
                                        "-c", "listen_addresses=", "-c", f"shared_buffers={shared_buffers}"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            if subprocess.run([f"{self.bin}/pg_isready", "-h", self.folder, "-U", "bench", "-q"]).returncode == 0:
                break
            time.sleep(0.05)

    def run(self, program, *arguments, **more):
        subprocess.run([*self.as_server, f"{self.bin}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL, **more)

    def create(self, name):
        """Makes a database; its URL."""
        self.run("createdb", "-h", self.folder, "-U", "bench", name)
        return f"postgresql:///{name}?host={self.folder}&user=bench"

    def psql(self, name):
        """A process that takes SQL on its stdin, and ends with 0 where all of it was right."""
        return subprocess.Popen([f"{self.bin}/psql", "-h", self.folder, "-U", "bench", "-q", "-v", "ON_ERROR_STOP=1", name],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def stop(self):
        self.server.send_signal(signal.SIGINT)
        self.server.wait()
