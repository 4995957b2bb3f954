{{/* What a container needs to pass Pod Security "restricted"; no capability, since all ports are above 1024. */}}
{{- define "swim-sidecar.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
privileged: false
readOnlyRootFilesystem: true
runAsGroup: {{ .Values.swim.user }}
runAsNonRoot: true
runAsUser: {{ .Values.swim.user }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* swim-sidecar.podSecurityContext: fsGroup lets the sidecar read the keys, and your containers open the socket under any user. */}}
{{- define "swim-sidecar.podSecurityContext" -}}
fsGroup: {{ .Values.swim.user }}
fsGroupChangePolicy: OnRootMismatch
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/*
swim-sidecar.volumes. The sockets' volumes are in memory: any other emptyDir keeps a cluster autoscaler from removing the node.
Only the sidecar mounts swim-admin, so the application can't act on other members.
*/}}
{{- define "swim-sidecar.volumes" -}}
- name: swim-socket
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: swim-admin
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: swim-config
  configMap:
    name: {{ include "swim-sidecar.configName" . }}
- name: swim-keys
  secret:
    secretName: {{ include "swim-sidecar.secretName" . }}
    defaultMode: 0440
{{- end -}}
