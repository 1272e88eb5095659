"""What `factory lint` found, said on the lines of a pull request: at CodeCommit, GitHub or GitLab."""
