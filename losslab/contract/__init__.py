"""What every definition shares, whatever it defines: name, parameters, claims, registry, inputs."""
