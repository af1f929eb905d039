"""The pages: server HTML for workers, employers, the desk and regulators; read only."""
