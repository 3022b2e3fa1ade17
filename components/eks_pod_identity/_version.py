"""The version of the distribution, of the plugin and of the policy pack."""

__version__ = "0.1.0"
